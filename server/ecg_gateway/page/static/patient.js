// What is known of the patient: what is left empty is unknown.

const NUMBERS = ["age_years", "height_cm", "weight_kg"];

export function fillForm(form, metadata) {
  form.reset();
  for (const name of NUMBERS) {
    if (metadata[name] !== undefined) form.elements[name].value = Number(metadata[name].toPrecision(6));
  }
  if (metadata.sex) form.elements.sex.value = metadata.sex;
  if (metadata.has_pacemaker !== undefined) form.elements.has_pacemaker.value = String(metadata.has_pacemaker);
}

// The form as `PatientMetadata`; what it has no field for, an infarction's stage, stays as it was.
export function readForm(form, metadata) {
  const known = {};
  for (const stage of ["first_infarction_stage", "second_infarction_stage"]) if (metadata[stage]) known[stage] = metadata[stage];
  for (const name of NUMBERS) {
    const text = form.elements[name].value.trim();
    if (text !== "") known[name] = Number(text);
  }
  if (form.elements.sex.value) known.sex = form.elements.sex.value;
  if (form.elements.has_pacemaker.value) known.has_pacemaker = form.elements.has_pacemaker.value === "true";
  return known;
}

// Says at each field what the service has against it.
export function showViolations(form, violations) {
  for (const field of form.elements) field.setCustomValidity?.("");
  for (const { field, description } of violations) {
    form.elements[field.replace("recording.metadata.", "")]?.setCustomValidity(description);
  }
  form.reportValidity();
}
