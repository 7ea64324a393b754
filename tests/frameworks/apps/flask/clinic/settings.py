class Base:
    ROOT = ""
    PREFIX = "/m"


class Live(Base):
    PREFIX = "/live"


class Portal(Base):
    TITLE = "Portal"


settings = {"default": Base, "live": Live}
