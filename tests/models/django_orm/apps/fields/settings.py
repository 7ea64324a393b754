SECRET_KEY = "not a secret"
INSTALLED_APPS = [
    "shop",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
