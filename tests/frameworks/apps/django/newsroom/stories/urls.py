from django.urls import include, path, re_path
from rest_framework.routers import DefaultRouter, SimpleRouter
from rest_framework.urlpatterns import format_suffix_patterns
from rest_framework_nested.routers import NestedSimpleRouter

from . import views

router = DefaultRouter(trailing_slash=False)
router.register("stories", views.StoryViewSet)
router.register("desks", views.DeskViewSet, basename="desk")

corrections = NestedSimpleRouter(router, "stories", lookup="story")
corrections.register("corrections", views.CorrectionViewSet, basename="correction")

wires = SimpleRouter()
wires.register(r"wires", views.WireViewSet, basename="wire")

lenient = SimpleRouter()
lenient.trailing_slash = "/?"
lenient.registry.extend(wires.registry)

functions = format_suffix_patterns(
    [
        path("tips", views.tips),
        path("weather/<str:city>", views.weather),
    ]
)

urlpatterns = [
    *router.urls,
    path("", include(corrections.urls)),
    path("", include((wires.urls, "wires"))),
    path("lenient/", include(lenient.urls)),
    re_path(r"^archive/$", views.Archive.as_view()),
    path("archive/<int:pk>", views.ArchivedStory.as_view()),
    path("search", views.Search.as_view()),
    path("profile", views.Profile.as_view()),
    path("desks/<int:pk>/rename", views.DeskViewSet.as_view({"get": "retrieve", "head": "retrieve"})),
] + functions
