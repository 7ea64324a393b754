from django.utils.translation import gettext_lazy as _

SECRET_KEY = "not so secret"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "museum.urls"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
USE_I18N = True
MIDDLEWARE = [
    "django.middleware.locale.LocaleMiddleware",
    "museum.middleware.SlashMiddleware",
    "museum.middleware.OpeningHours",
]
