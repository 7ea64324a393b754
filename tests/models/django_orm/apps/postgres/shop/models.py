from django.contrib.postgres.fields import ArrayField, DateRangeField, HStoreField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class Doc(models.Model):
    tags = ArrayField(models.CharField(max_length=20), default=list)
    grid = ArrayField(ArrayField(models.IntegerField(), size=3), size=3, null=True)
    extra = HStoreField(null=True)
    during = DateRangeField(null=True)
    search = SearchVectorField(null=True)

    class Meta:
        indexes = [GinIndex(fields=["search"], name="doc_search")]
