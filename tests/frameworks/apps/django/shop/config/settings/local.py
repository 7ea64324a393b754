from .base import *

DEBUG = True
MIDDLEWARE += ["catalogue.middleware.basket_middleware"]
