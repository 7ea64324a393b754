from flask_restful import Resource


class Base(Resource):
    def options(self, **path):
        return ""

    def dispatch_request(self, *args, **kwargs):
        return super().dispatch_request(*args, **kwargs)


class ArtistList(Base):
    def get(self):
        return []

    def post(self):
        return {}


class Artist(Base):
    def get(self, artist):
        return artist

    def delete(self, artist):
        return artist


class Rider(Resource):
    def get(self, artist):
        return artist
