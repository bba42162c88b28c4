"""From the wire's options to the model's choices, and from the model's explanations to the wire's."""

from collections.abc import Sequence

from ecg.v1 import ecg_service_pb2, explanation_pb2
from ecg_model.errors import InvalidOptionsError, RefusalReason, Violation
from ecg_model.explanation.choices import Choices, Method, chosen_classes
from ecg_model.explanation.explanation import ClassExplanation, Explanation
from ecg_model.manifest import ClassSpecification
from ecg_server.prediction_conversion import LEAD_NUMBERS

METHOD_NUMBERS = {
    method: explanation_pb2.ExplanationMethod.Value(f"EXPLANATION_METHOD_{method.name}") for method in Method
}
METHODS = {number: method for method, number in METHOD_NUMBERS.items()} | {
    explanation_pb2.EXPLANATION_METHOD_UNSPECIFIED: Method.OCCLUSION
}


def choices_from_proto(options: ecg_service_pb2.ExplainOptions, classes: Sequence[ClassSpecification]) -> Choices:
    """Return what is asked for of a model with these classes.

    Raises:
        InvalidOptionsError: there is no such method or class; `at_options_paths` tells where in the message that is.
    """
    if options.method not in METHODS:
        problem = "the method is none that this server knows; ask for OCCLUSION or INTEGRATED_GRADIENTS"
        raise InvalidOptionsError(RefusalReason.METHOD_UNKNOWN, Violation("method", problem))
    return Choices(
        method=METHODS[options.method],
        classes=chosen_classes(options.class_codes, [one.code for one in classes]),
        include_lead_times=options.include_lead_times,
        window=options.window if options.HasField("window") else None,
    )


def at_options_paths(error: InvalidOptionsError) -> InvalidOptionsError:
    """Return the same error with its fields as paths in the message, beginning at "options"."""
    paths = ("options" if not one.field else f"options.{one.field}" for one in error.violations)
    violations = (Violation(path, one.description) for path, one in zip(paths, error.violations, strict=True))
    return InvalidOptionsError(error.reason, *violations)


def fill_explanation(
    message: ecg_service_pb2.ExplainResponse, explanation: Explanation, classes: Sequence[ClassSpecification]
) -> None:
    """Write what an explanation adds to its prediction into an answer.

    Args:
        message: the answer.
        explanation: the explanation.
        classes: those of the model.
    """
    message.method = METHOD_NUMBERS[explanation.method]
    message.computed_windows = explanation.computed_windows
    message.classes.extend(_class_to_proto(one, classes[one.place], explanation) for one in explanation.classes)


def _class_to_proto(
    one: ClassExplanation, specification: ClassSpecification, explanation: Explanation
) -> explanation_pb2.ClassExplanation:
    by_time = one.lead_segments or ((),) * len(one.leads)
    return explanation_pb2.ClassExplanation(
        code=specification.code,
        display_name=specification.display_name,
        probability=one.probability,
        leads=[
            explanation_pb2.LeadAttribution(
                lead=LEAD_NUMBERS[name], probability_change=change, time_probability_changes=changes
            )
            for name, change, changes in zip(explanation.lead_names, one.leads, by_time, strict=True)
        ],
        times=[
            explanation_pb2.TimeAttribution(
                offset_seconds=segment.offset_seconds,
                duration_seconds=segment.duration_seconds,
                probability_change=change,
            )
            for segment, change in zip(explanation.segments, one.segments, strict=True)
        ],
        metadata=[
            explanation_pb2.MetadataAttribution(field=name, probability_change=change)
            for name, change in zip(explanation.metadata_names, one.metadata, strict=True)
        ],
        baseline_probability=one.baseline_probability,
        completeness_error=one.completeness_error,
    )
