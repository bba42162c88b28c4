package io.github.ecgclassifier.client;

import io.github.ecgclassifier.ecg.v1.PatientMetadata;
import io.github.ecgclassifier.ecg.v1.Sex;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the comments of a header say of the patient, such as {@code # Age: 61}. */
final class WfdbComments {
    private static final float GREATEST_AGE_YEARS = 130;

    /** What stands for "over 89" in copies of PTB-XL, and what it is read as. */
    private static final float OVER_89_CODE = 300;

    private static final float OVER_89_YEARS = 90;

    /** Matched in one pass, however many blanks a line has. */
    private static final Pattern COMMENT = Pattern.compile("#[#\\s]*([a-z]+)\\s*:([^#]*)(?:#[#\\s]*)?");

    private static final Pattern QUANTITY = Pattern.compile("([0-9]+(?:\\.[0-9]+)?(?:e[+-]?[0-9]+)?)\\s*([a-z]*)");
    private static final Map<String, Sex> SEXES =
            Map.of("m", Sex.SEX_MALE, "male", Sex.SEX_MALE, "f", Sex.SEX_FEMALE, "female", Sex.SEX_FEMALE);
    private static final Map<String, Boolean> ANSWERS = Map.of("yes", true, "no", false);

    private WfdbComments() {}

    /** Reads the text of a header; what cannot be is unknown. */
    static PatientMetadata parse(String header) {
        List<Matcher> comments = header.toLowerCase(Locale.ROOT).lines()
                .map(line -> COMMENT.matcher(line.strip()))
                .filter(Matcher::matches)
                .toList();
        PatientMetadata.Builder metadata = PatientMetadata.newBuilder();
        numberOf(comments, "age", "", "y", "years")
                .map(years -> years == OVER_89_CODE ? OVER_89_YEARS : years)
                .filter(years -> years <= GREATEST_AGE_YEARS)
                .ifPresent(metadata::setAgeYears);
        said(comments, "sex").map(SEXES::get).ifPresent(metadata::setSex);
        numberOf(comments, "height", "", "cm").filter(WfdbComments::isPositive).ifPresent(metadata::setHeightCm);
        numberOf(comments, "weight", "", "kg").filter(WfdbComments::isPositive).ifPresent(metadata::setWeightKg);
        said(comments, "pacemaker").map(ANSWERS::get).ifPresent(metadata::setHasPacemaker);
        return metadata.build();
    }

    /** Returns what the first comment of a name says. */
    private static Optional<String> said(List<Matcher> comments, String name) {
        return comments.stream()
                .filter(comment -> comment.group(1).equals(name))
                .map(comment -> comment.group(2).strip())
                .findFirst();
    }

    /** A number in another unit is left out: who writes pounds would be taken to be twice as heavy. */
    private static Optional<Float> numberOf(List<Matcher> comments, String name, String... units) {
        return said(comments, name)
                .map(QUANTITY::matcher)
                .filter(quantity -> quantity.matches() && List.of(units).contains(quantity.group(2)))
                .map(quantity -> Float.valueOf(quantity.group(1)));
    }

    private static boolean isPositive(float number) {
        return number > 0 && Float.isFinite(number);
    }
}
