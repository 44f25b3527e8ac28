"""What was sampled, and whether the sample was fit to answer."""

from app.vocabularies.concept import Concept


class Matrix(Concept):
    """Where CAR-T cells are counted."""

    PB = "PB", "peripheral blood"
    BM = "BM", "bone marrow"
    CSF = "CSF", "cerebrospinal fluid"


class Specimen(Concept):
    """Material a laboratory measured in."""

    BLOOD = "blood", "whole blood"
    SERUM = "serum", "serum"
    PLASMA = "plasma", "plasma"
    URINE = "urine", "urine"
    URINE_24H = "urine_24h", "urine collected over 24 hours"
    BONE_MARROW = "bone_marrow", "bone marrow"
    CSF = "csf", "cerebrospinal fluid"
    STOOL = "stool", "stool"
    SWAB = "swab", "swab"
    SPUTUM = "sputum", "sputum or lavage"
    TISSUE = "tissue", "tissue"
    OTHER = "other", "another material"


class SpecimenQuality(Concept):
    """Fitness of a sample as the laboratory judged it."""

    ADEQUATE = "adequate", "adequate"
    HAEMODILUTED = "haemodiluted", "diluted with blood"
    HAEMOLYSED = "haemolysed", "haemolysed"
    CLOTTED = "clotted", "clotted"
    INSUFFICIENT = "insufficient", "too little material"
    DELAYED = "delayed", "outside its stability on arrival"
