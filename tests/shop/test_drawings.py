import re
from pathlib import Path

import pytest

from loyalty_site.templatetags.shop import DRAWINGS, drawing_for

SYMBOLS = set(re.findall('id="([^"]+)"', Path("static/img/goods.svg").read_text()))
ICONS = set(re.findall('id="([^"]+)"', Path("static/img/icons.svg").read_text()))


@pytest.mark.parametrize(
    ("name", "path", "drawing"),
    [
        ("Чистка рубашки", ["services", "shirt-cleaning"], "hanger"),
        ("Шапка вязаная", ["clothes", "knitwear"], "hat"),
        ("Something", ["clothes", "knitwear"], "sweater"),
        ("Something", ["clothes"], "shirt"),
        ("Something", [], "parcel"),
    ],
)
def test_drawing_is_chosen_by_name_then_by_category(name, path, drawing):
    assert drawing_for(name, path) == drawing


def test_every_drawing_exists():
    assert {drawing for drawing, _words in DRAWINGS} | {"parcel"} <= SYMBOLS


def test_every_icon_asked_for_exists():
    asked = {
        name
        for page in Path("templates").rglob("*.html")
        for name in re.findall(r'{% icon "([^"]+)" %}', page.read_text())
    }
    assert asked <= ICONS
