from .defaults import *  # noqa: F403

DEBUG = False
ROOT_URLCONF = "clinic.urls"
MIDDLEWARE = [*MIDDLEWARE, "wards.middleware.AuditMiddleware"]  # noqa: F405
