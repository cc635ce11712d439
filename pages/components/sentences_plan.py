"""What is about to be trained, in plain words: presets, devices, time and memory. Draws nothing."""

from pages.components.sentences import duration, percent, size
from pages.components.text import t, tn
from pipeline.actions.plan import Plan
from pipeline.errors import N_
from pipeline.models.devices import Device

PRESETS = {"fast": N_("Fast"), "balanced": N_("Balanced"), "best": N_("Best"), "bert": N_("As in the BERT paper")}
PRESET_HELP = {
    "fast": N_("The quickest useful model: trains the least, a good first look."),
    "balanced": N_("What most files need: close to the best result in a fraction of its time."),
    "best": N_("Tries many settings for as long as you allow (Advanced) and keeps the best of them."),
    "bert": N_("Trains the whole model with each of the twelve settings of the BERT paper: hours without a GPU."),
}
READING_PRESET_HELP = {
    "fast": N_("Each text is read once, or three times by models that guess hidden words: a first look."),
    "balanced": N_("Each text is read twice, or six times by models that guess hidden words: what most files need."),
    "best": N_("Each text is read four times, or twelve times by models that guess hidden words: a little better."),
}
WRITING_PRESET_HELP = {
    "fast": N_("Small matrices beside the model learn (LoRA), once through all rows: a first look."),
    "balanced": N_("Twice through all rows: what most files need."),
    "best": N_("Three times through all rows: a little better where there are enough of them."),
}


def preset(name: str) -> str:
    """The name of a preset as the page shows it."""
    return t(PRESETS.get(name, name))


def device(found: Device) -> str:
    """What trains, with what tells one from another."""
    if found.name == "cpu":
        return tn("CPU: {label}, {n} core", "CPU: {label}, {n} cores", found.cores, label=found.label)
    return t("GPU: {label}, {memory}", label=found.label, memory=size(found.memory_bytes))


def cost(plan: Plan) -> str:
    """Time and memory of a plan."""
    return t(
        "About {time} and {memory} of memory on {device}",
        time=duration(plan.estimate.seconds),
        memory=size(plan.estimate.memory_bytes),
        device=plan.device.upper(),
    )


def too_large(plan: Plan) -> str:
    """That a plan needs more memory than there is."""
    return t(
        "It needs about {needed} of memory, and {free} is free on this machine. It would probably run out of it.",
        needed=size(plan.estimate.memory_bytes),
        free=size(plan.free_bytes),
    )


def cost_range(plan: Plan) -> str:
    """How sure the time is, and what it rests on."""
    shortest, longest = map(duration, plan.estimate.range)
    if plan.correction == 1:
        return t(
            "Between {shortest} and {longest}, if nothing else keeps the machine busy.",
            shortest=shortest,
            longest=longest,
        )
    return t(
        "Between {shortest} and {longest}, judging by what earlier runs on this machine took.",
        shortest=shortest,
        longest=longest,
    )


def trained_share(share: float) -> str:
    """How much of a model a plan trains, from 0 to 1; below a percent with more digits, as adapters need them."""
    if share == 0:
        return t("Only the head is trained, the model itself stays as it is.")
    if share == 1:
        return t("The whole model is trained.")
    return t("{share} of the model is trained, the rest stays as it is.", share=small_percent(share))


def small_percent(share: float) -> str:
    """A fraction from 0 to 1 of which the small ones matter."""
    return f"{share:.2%}" if share < 0.01 else percent(share)
