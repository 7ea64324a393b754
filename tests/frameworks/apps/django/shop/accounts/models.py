from django.contrib.auth.models import AbstractUser
from django.db import models


class Customer(AbstractUser):
    newsletter = models.BooleanField(default=False)

    def subscribe(self) -> None:
        self.newsletter = True
        self.save(update_fields=["newsletter"])
