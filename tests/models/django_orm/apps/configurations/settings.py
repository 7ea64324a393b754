SECRET_KEY = "not a secret"
INSTALLED_APPS = [
    "apps.shop.apps.ShopConfig",
    "apps.labels",
    "apps.plain",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
