from ninja_extra import api_controller, http_get


@api_controller
class Readers:
    @http_get("readers", auth=None)
    def readers(self):
        return []
