package io.gyrfalcon.cli.doctor;

import io.gyrfalcon.eventloop.machine.SystemFiles;

import java.io.PrintStream;

/** Prints what the doctor finds on this machine. */
public final class DoctorCommand {
    private DoctorCommand() {}

    /** Examines the machine whose files these are, and this process. */
    public static void run(SystemFiles files, PrintStream out) {
        for (Finding finding : Doctor.examine(Probe.look(files))) out.println(finding.line());
    }
}
