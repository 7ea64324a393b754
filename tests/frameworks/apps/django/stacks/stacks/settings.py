SECRET_KEY = "not so secret"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "stacks.urls"
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "ninja_extra"]
