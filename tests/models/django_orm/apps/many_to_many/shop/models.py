from django.db import models


class Tag(models.Model):
    name = models.CharField(max_length=20)


class Article(models.Model):
    tags = models.ManyToManyField(Tag)
    topics = models.ManyToManyField("Tag", related_name="topical", db_table="article_topics")
    hidden = models.ManyToManyField(Tag, related_name="+")
    related = models.ManyToManyField("self")
    sources = models.ManyToManyField("self", symmetrical=False, related_name="quoted_by")
    named = models.ManyToManyField("Article", related_name="named_by")
    blank = models.ManyToManyField(Tag, blank=True, related_name="blanks", related_query_name="blanked")


class Follow(models.Model):
    follows = models.ManyToManyField("self", symmetrical=False)
