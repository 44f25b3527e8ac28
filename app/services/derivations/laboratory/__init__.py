"""Laboratory results of one subject: baseline, grades, abnormalities and how they went on."""
