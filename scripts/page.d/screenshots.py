"""The pictures of the docs."""

import io

from PIL import Image

from browser import expect
from cases import gateway, visit, with_a_cooldown
from world import FOURTEEN, PASTS

VIEWS = {
    "page-light": ({"width": 1200, "height": 840}, ""),
    "page-dark": ({"width": 1200, "height": 840, "color_scheme": "dark"}, ""),
    "page-phone": ({"width": 390, "height": 844, "device_scale_factor": 2}, ""),
    "page-wall": ({"width": 1920, "height": 1080, "color_scheme": "dark"}, "?wall"),
}


def packed(png):
    """The same picture in 256 colours: a third of the bytes, and nobody sees which are missing."""
    target = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(target, "PNG", optimize=True)
    return target.getvalue()


def take(run, folder):
    with gateway(run, FOURTEEN, stories=PASTS) as world:
        with_a_cooldown(world)
        for name, (options, query) in VIEWS.items():
            with visit(run, world.url + query, reduced_motion="reduce", **options) as tab:
                tab.rows(14).page.wait_for_selector(".chart .line")
                tab.page.wait_for_timeout(2_000)
                path = folder / f"{name}.png"
                path.write_bytes(packed(tab.page.screenshot()))
                expect(path.stat().st_size < 150_000, f"{path} has {path.stat().st_size} bytes")
                print(f"{path}: {path.stat().st_size} bytes")
