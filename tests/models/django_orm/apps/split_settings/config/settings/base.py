import os

SECRET_KEY = os.environ.get("SECRET_KEY", "none")
DJANGO_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
LOCAL_APPS = ["shop"]
INSTALLED_APPS = DJANGO_APPS + LOCAL_APPS
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
