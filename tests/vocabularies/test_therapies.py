"""Which therapies after the infusion are new anti-myeloma therapy."""

import pytest

from app.vocabularies.therapies import (
    ALWAYS_NEW_ANTI_MYELOMA,
    NEW_THERAPY_TARGETS,
    RadiotherapyTarget,
    TherapyKind,
)


@pytest.mark.parametrize(
    ("kind", "new"),
    [
        ("new_anti_myeloma", True),
        ("maintenance", True),
        ("transplant_auto", True),
        ("transplant_allo", True),
        ("car_t_reinfusion", True),
        ("cd34_boost", False),
        ("corticosteroid", False),
        ("ivig", False),
        ("radiotherapy", False),
    ],
)
def test_a_kind_is_new_anti_myeloma_therapy_by_itself(kind: str, new: bool) -> None:
    assert (TherapyKind(kind) in ALWAYS_NEW_ANTI_MYELOMA) is new


def test_radiotherapy_is_new_therapy_unless_its_lesion_is_stable() -> None:
    assert set(RadiotherapyTarget) - NEW_THERAPY_TARGETS == {RadiotherapyTarget.STABLE}
