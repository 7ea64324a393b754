from django.apps import AppConfig


class LabelsConfig(AppConfig):
    name = "apps.labels"


class OtherConfig(AppConfig):
    name = "apps.labels"
    label = "unused"
    default = False
