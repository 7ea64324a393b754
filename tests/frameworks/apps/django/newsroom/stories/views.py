from rest_framework import generics, mixins, permissions, status, viewsets
from rest_framework.decorators import action, api_view, permission_classes
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Correction, Desk, Story
from .permissions import IsEditor
from .serializers import CorrectionSerializer, DeskSerializer, StorySerializer


class StoryViewSet(viewsets.ModelViewSet):
    queryset = Story.objects.all()
    serializer_class = StorySerializer
    lookup_field = "slug"

    def get_permissions(self):
        if self.action in ("list", "retrieve"):
            return [permissions.AllowAny()]
        return [permissions.IsAuthenticated(), IsEditor()]

    def update(self, request, *args, **kwargs):
        return super().update(request, *args, **kwargs)

    @action(detail=True, methods=["post"], permission_classes=[IsEditor])
    def publish(self, request, slug=None):
        self.get_object().publish()
        return Response(status=status.HTTP_204_NO_CONTENT)

    @publish.mapping.delete
    def unpublish(self, request, slug=None):
        return Response({"byline": request.user.byline()})

    @action(detail=False, url_path="front-page")
    def front_page(self, request):
        return Response([])

    @action(detail=True, methods=["get"], url_path=r"pages/(?P<page>[0-9]+)")
    def page(self, request, slug=None, page=None):
        return Response({"page": page})


class DeskViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Desk.objects.all()
    serializer_class = DeskSerializer
    lookup_value_regex = "[0-9]+"


class CorrectionViewSet(
    mixins.CreateModelMixin, mixins.ListModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet
):
    queryset = Correction.objects.all()
    serializer_class = CorrectionSerializer
    http_method_names = ["get", "post", "head"]


class WireViewSet(viewsets.ViewSet):
    permission_classes = [permissions.IsAuthenticated | IsEditor]

    def list(self, request):
        return Response([])

    def retrieve(self, request, pk=None):
        return Response({"wire": pk})

    def partial_update(self, request, pk=None):
        return Response({})


class Archive(generics.ListCreateAPIView):
    queryset = Story.objects.all()
    serializer_class = StorySerializer
    permission_classes = [permissions.AllowAny]

    def perform_create(self, serializer):
        serializer.save(published=True)


class ArchivedStory(generics.RetrieveUpdateDestroyAPIView):
    queryset = Story.objects.all()
    serializer_class = StorySerializer

    def destroy(self, request, *args, **kwargs):
        return Response(status=status.HTTP_403_FORBIDDEN)


class Search(mixins.ListModelMixin, generics.GenericAPIView):
    queryset = Story.objects.all()
    serializer_class = StorySerializer

    def get(self, request, *args, **kwargs):
        return self.list(request, *args, **kwargs)


class Profile(APIView):
    def get(self, request):
        return Response({"byline": request.user.byline()})

    def put(self, request):
        return Response({})


@api_view(["GET", "POST"])
@permission_classes([permissions.AllowAny])
def tips(request):
    if request.method == "POST":
        return Response({}, status=201)
    return Response([])


@api_view()
def weather(request, city):
    return Response({"city": city})
