from .base import *

INSTALLED_APPS += ["extra"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
