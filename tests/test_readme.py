from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("page", ["README.md", "README.vi.md"])
def test_the_readme_opens_with_the_two_commands(page: str) -> None:
    lines = [line.strip() for line in (ROOT / page).read_text(encoding="utf-8").splitlines() if line.strip()]
    assert lines[1].startswith("make demo")
    assert lines[2].startswith("make test")


def test_pictures_are_there_and_small() -> None:
    pictures = list((ROOT / "docs" / "pictures").iterdir())
    assert pictures
    assert max(picture.stat().st_size for picture in pictures) < 200_000
