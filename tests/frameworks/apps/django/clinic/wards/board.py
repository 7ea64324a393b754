from django.http import JsonResponse

from .log import write


class Board:
    def __init__(self, place: str) -> None:
        self.place = place

    def __call__(self, request):
        if request.method == "POST":
            write(self.place)
            return JsonResponse({}, status=201)
        return JsonResponse({"place": self.place})
