import os

if os.environ.get("SHOP_ENVIRONMENT", "local") == "production":
    from .production import *
else:
    from .local import *
