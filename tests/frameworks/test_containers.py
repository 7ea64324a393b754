"""Services that a container makes: the way of a request goes on into them."""

from __future__ import annotations

from tests.frameworks import harness


def reached(app: str) -> dict[str, set[str]]:
    """The functions of the project that each route runs through."""
    facts = harness.facts_of(harness.APPS / "containers" / app)
    return {
        f"{route.method} {route.path}": {str(call.callee) for call in facts.trace(route).calls if call.callee}
        for route in facts.routes
    }


def test_awilix() -> None:
    routes = reached("awilix")
    assert {"src/services.js:PlantService.list", "src/plants.js:PlantRepository.all"} <= routes["GET /plants"]
    assert {"src/services.js:PlantService.today", "src/plants.js:makeClock.today"} <= routes["GET /plants/today"]
    assert {"src/services.js:SeedService.list", "src/plants.js:PlantRepository.all"} <= routes["GET /seeds"]


def test_tsyringe() -> None:
    routes = reached("tsyringe")
    assert {"src/bread.ts:BreadService.list", "src/repository.ts:BreadRepository.all"} <= routes["GET /breads"]
    assert "src/oven.ts:GasOven.bake" in routes["POST /breads"]


def test_a_container_of_the_projects_own() -> None:
    routes = reached("proxy")
    wanted = {f"container.js:{name}" for name in ("Library.list", "Shelf.all", "Clock.now")}
    assert wanted <= routes["GET /things"]
    assert wanted <= routes["GET /all"]
