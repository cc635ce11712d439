"""The parts of a training that its progress is told of, by name."""

from pipeline.errors import N_

TRAINING = N_("Training")  # the phase whose units are steps; its pace tells the time left
TESTING = N_("Measuring on the test rows")
COMPARING = N_("Asking the base model the same")
RECALLING = N_("Reading the training rows once more, to find similar ones later")
PACED = (TRAINING, TESTING, COMPARING, RECALLING)  # phases whose units take about the same time each
