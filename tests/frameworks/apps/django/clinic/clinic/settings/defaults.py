SECRET_KEY = "not so secret"
DEBUG = True
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "clinic.development_urls"
MIDDLEWARE = []
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
