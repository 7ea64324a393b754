from django.db import models


class Country(models.Model):
    code = models.CharField(max_length=2, unique=True)
    number = models.PositiveSmallIntegerField(unique=True, db_column="num")


class City(models.Model):
    country = models.ForeignKey(Country, on_delete=models.CASCADE, to_field="code")
    other = models.ForeignKey(Country, models.CASCADE, to_field="number", related_name="+", db_column="other")
    loose = models.ForeignKey(Country, models.DO_NOTHING, db_constraint=False, related_name="loose", db_index=False)
    single = models.ForeignKey(Country, models.CASCADE, unique=True, related_name="single")
