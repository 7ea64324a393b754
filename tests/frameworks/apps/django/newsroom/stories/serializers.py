from rest_framework import serializers

from .models import Correction, Desk, Story
from .slugs import slug_of


class StorySerializer(serializers.ModelSerializer):
    words = serializers.SerializerMethodField()

    class Meta:
        model = Story
        fields = ["headline", "slug", "published", "words"]

    def get_words(self, story) -> int:
        return len(story.headline.split())

    def create(self, validated_data):
        return Story.objects.create(slug=slug_of(validated_data["headline"]), **validated_data)


class CorrectionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Correction
        fields = ["text"]


class DeskSerializer(serializers.ModelSerializer):
    class Meta:
        model = Desk
        fields = ["name"]
