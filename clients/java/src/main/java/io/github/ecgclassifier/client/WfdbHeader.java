package io.github.ecgclassifier.client;

import io.github.ecgclassifier.ecg.v1.LeadName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a .hea file says.
 *
 * @param rateHz samples per second of every lead
 * @param sampleCount samples of each lead; -1: it does not say
 * @param file name of the signal file, beside the header
 */
record WfdbHeader(double rateHz, int sampleCount, String file, List<Channel> channels) {
    // What holds where a header does not say.
    private static final String DEFAULT_RATE = "250";
    private static final double DEFAULT_GAIN = 200;
    private static final String DEFAULT_UNIT = "mV";

    private static final int LEAD_FIELD = 8;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    /** GAIN[(BASELINE)][/UNIT]. */
    private static final Pattern SCALE = Pattern.compile("(\\d*\\.?\\d+(?:[eE][-+]?\\d+)?)(?:\\((-?\\d+)\\))?(?:/(.+))?");
    private static final Map<String, Double> MILLIVOLTS_OF_UNIT =
            Map.of("nv", 1e-6, "uv", 1e-3, "\u00b5v", 1e-3, "\u03bcv", 1e-3, "mv", 1.0, "v", 1e3);

    /**
     * One signal line.
     *
     * @param gain units of a sample to the unit of the header
     * @param baseline the sample that is 0
     * @param millivolts of one unit of the header
     */
    record Channel(LeadName lead, double gain, double baseline, double millivolts) {
        double millivoltsPerUnit() {
            return millivolts / gain;
        }
    }

    /** A line of the header that is not as it should be; the message tells which, and what to write. */
    static final class WrongLineException extends Exception {
        private static final long serialVersionUID = 1L;

        WrongLineException(int line, String problem, Object... arguments) {
            super("line %d: %s".formatted(line, problem.formatted(arguments)));
        }
    }

    /** One line that is no comment: its number, counted from 1, and its fields. */
    private record Line(int number, List<String> fields) {
        String field(int index, String absent) {
            return index < fields.size() ? fields.get(index) : absent;
        }

        WrongLineException wrong(String problem, Object... arguments) {
            return new WrongLineException(number, problem, arguments);
        }
    }

    static WfdbHeader parse(String text) throws WrongLineException {
        List<Line> lines = linesOf(text);
        if (lines.isEmpty()) {
            throw new WrongLineException(1, "the header is empty; copy it anew");
        }
        Line first = lines.get(0);
        if (first.field(0, "").contains("/")) {
            throw first.wrong("the record has several segments; give each as a record of its own");
        }
        int count = numberOf(first, 1, "number of signals", "; is it a WFDB header?");
        if (count < 1 || count > lines.size() - 1) {
            throw first.wrong("%d signals are announced, but %d described; copy it anew", count, lines.size() - 1);
        }
        int sampleCount = first.fields().size() > 3 ? numberOf(first, 3, "number of samples", "; write a number") : -1;
        List<Channel> channels = new ArrayList<>();
        for (Line line : lines.subList(1, count + 1)) {
            channels.add(channelOf(line, lines.get(1).field(0, "")));
        }
        return new WfdbHeader(rateOf(first), sampleCount, lines.get(1).field(0, ""), List.copyOf(channels));
    }

    private static List<Line> linesOf(String text) {
        List<Line> lines = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (!line.isBlank() && !line.strip().startsWith("#")) {
                lines.add(new Line(number, List.of(line.strip().split("\\s+", LEAD_FIELD + 1))));
            }
        }
        return lines;
    }

    private static int numberOf(Line line, int index, String what, String remedy) throws WrongLineException {
        String field = line.field(index, "");
        if (!NUMBER.matcher(field).matches()) {
            throw line.wrong("the %s is '%s'%s", what, field, remedy);
        }
        return Integer.parseInt(field);
    }

    /** Reads RATE[/COUNTER]. */
    private static double rateOf(Line line) throws WrongLineException {
        String field = line.field(2, DEFAULT_RATE);
        try {
            return Double.parseDouble(field.split("/", 2)[0]);
        } catch (NumberFormatException noNumber) {
            throw line.wrong("the sample rate is '%s'; write the samples per second", field);
        }
    }

    /** Reads FILE FORMAT GAIN(BASELINE)/UNIT RESOLUTION ZERO FIRST CHECKSUM BLOCK LEAD. */
    private static Channel channelOf(Line line, String file) throws WrongLineException {
        String own = line.field(0, "");
        if (!own.equals(file) || own.contains("/") || own.contains("\\")) {
            throw line.wrong("the signal file is '%s'; keep all leads in one file beside the header", own);
        }
        if (!line.field(1, "").equals("16")) {
            throw line.wrong("the format is '%s'; convert the samples to format 16", line.field(1, ""));
        }
        Matcher scale = SCALE.matcher(line.field(2, "0"));
        if (!scale.matches()) {
            throw line.wrong("the gain is '%s'; write it as 1000(0)/mV", line.field(2, "0"));
        }
        double gain = Double.parseDouble(scale.group(1));
        // Where there is no baseline, the converter's zero is it.
        String baseline = scale.group(2) == null ? line.field(4, "0") : scale.group(2);
        return new Channel(leadOf(line), gain == 0 ? DEFAULT_GAIN : gain, baselineOf(line, baseline), unitOf(line, scale));
    }

    private static LeadName leadOf(Line line) throws WrongLineException {
        String name = line.field(LEAD_FIELD, "");
        try {
            return LeadName.valueOf("LEAD_NAME_" + name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw line.wrong("the lead is '%s'; name one of I, II, III, aVR, aVL, aVF, V1 to V6", name);
        }
    }

    private static double baselineOf(Line line, String baseline) throws WrongLineException {
        try {
            return Double.parseDouble(baseline);
        } catch (NumberFormatException noNumber) {
            throw line.wrong("the baseline is '%s'; write a whole number", baseline);
        }
    }

    private static double unitOf(Line line, Matcher scale) throws WrongLineException {
        String unit = scale.group(3) == null ? DEFAULT_UNIT : scale.group(3);
        Double millivolts = MILLIVOLTS_OF_UNIT.get(unit.toLowerCase(Locale.ROOT));
        if (millivolts == null) {
            throw line.wrong("the unit is '%s'; it must be nV, uV, mV or V", unit);
        }
        return millivolts;
    }
}
