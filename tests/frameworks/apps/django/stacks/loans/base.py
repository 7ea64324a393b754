from ninja_extra import ControllerBase, http_get


class Counted(ControllerBase):
    @http_get("/count")
    def count(self):
        return 0
