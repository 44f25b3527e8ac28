"""What the tests of the pure rooms notice: their code is changed, and a test has to fail."""
