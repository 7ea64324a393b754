from django.db import models


class Early(models.Model):
    later = models.ForeignKey("Later", on_delete=models.CASCADE)
    other = models.ForeignKey("stock.Part", on_delete=models.CASCADE, related_name="early")
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="children")


class Later(models.Model):
    early = models.OneToOneField(Early, models.CASCADE, null=True, related_name="only_later")
    spelled = models.ForeignKey("shop.EARLY", on_delete=models.SET_DEFAULT, default=1, related_name="spelled")
