// What is known of the patient: what is left empty is unknown.

const NUMBERS = { ageYears: "age", heightCm: "height", weightKg: "weight" };
const FIELD_OF_PATH = {
  age_years: "age", sex: "sex", height_cm: "height", weight_kg: "weight", has_pacemaker: "pacemaker",
};

export function fillForm(form, metadata) {
  form.reset();
  for (const [field, name] of Object.entries(NUMBERS)) {
    if (metadata[field] !== undefined) form.elements[name].value = Number(metadata[field].toPrecision(6));
  }
  if (metadata.sex) form.elements.sex.value = metadata.sex;
  if (metadata.hasPacemaker !== undefined) form.elements.pacemaker.value = String(metadata.hasPacemaker);
}

// The form as `PatientMetadata`; what it has no field for, an infarction's stage, stays as it was.
export function readForm(form, metadata) {
  const known = {};
  for (const stage of ["firstInfarctionStage", "secondInfarctionStage"]) if (metadata[stage]) known[stage] = metadata[stage];
  for (const [field, name] of Object.entries(NUMBERS)) {
    const text = form.elements[name].value.trim();
    if (text !== "") known[field] = Number(text);
  }
  if (form.elements.sex.value) known.sex = form.elements.sex.value;
  if (form.elements.pacemaker.value) known.hasPacemaker = form.elements.pacemaker.value === "true";
  return known;
}

// Says at each field what the service has against it.
export function showViolations(form, violations) {
  for (const field of form.elements) field.setCustomValidity?.("");
  for (const { field, description } of violations) {
    const name = FIELD_OF_PATH[field.replace("recording.metadata.", "")];
    if (name) form.elements[name].setCustomValidity(description);
  }
  form.reportValidity();
}
