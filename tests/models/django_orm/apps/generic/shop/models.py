from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models


class Comment(models.Model):
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveIntegerField()
    target = GenericForeignKey("content_type", "object_id")
    body = models.TextField()


class Vote(models.Model):
    kind = models.ForeignKey("contenttypes.ContentType", on_delete=models.CASCADE, related_name="votes")
    key = models.CharField(max_length=40)
    on = GenericForeignKey("kind", "key")


class Post(models.Model):
    comments = GenericRelation(Comment, related_query_name="post")
    votes = GenericRelation("Vote", object_id_field="key", content_type_field="kind")
