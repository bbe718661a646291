"""The pictures of the docs."""

from browser import expect
from cases import gateway, visit, with_a_cooldown
from world import FOURTEEN, PASTS

VIEWS = {
    "page-light": ({"width": 1280, "height": 960}, ""),
    "page-dark": ({"width": 1280, "height": 960, "color_scheme": "dark"}, ""),
    "page-phone": ({"width": 390, "height": 844, "device_scale_factor": 2}, ""),
    "page-wall": ({"width": 1920, "height": 1080, "color_scheme": "dark"}, "?wall"),
}


def take(run, folder):
    with gateway(run, FOURTEEN, stories=PASTS) as world:
        with_a_cooldown(world)
        for name, (options, query) in VIEWS.items():
            with visit(run, world.url + query, may_fail=["404"], reduced_motion="reduce", **options) as tab:
                tab.rows(14).page.wait_for_selector(".chart .line")
                tab.page.wait_for_timeout(2_000)
                path = folder / f"{name}.png"
                tab.page.screenshot(path=path)
                expect(path.stat().st_size < 150_000, f"{path} has {path.stat().st_size} bytes")
                print(f"{path}: {path.stat().st_size} bytes")
