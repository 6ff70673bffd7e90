package io.gyrfalcon.cli.demo;

import io.gyrfalcon.cli.demo.routeguide.Point;
import io.gyrfalcon.cli.demo.routeguide.RouteNote;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The notes that were left at each point, the latest of them. Any thread; guarded by itself. */
final class NoteBoard {
    static final int NOTES_PER_POINT_MAX = 16;
    static final int POINTS_MAX = 1_000;

    private final Map<Point, List<RouteNote>> notesByPoint = new LinkedHashMap<>();

    /** Leaves a note; returns those that were there before it. */
    synchronized List<RouteNote> leave(RouteNote note) {
        List<RouteNote> notes = notesByPoint.get(note.getLocation());
        if (notes == null) {
            forgetOldest();
            notes = new ArrayList<>();
            notesByPoint.put(note.getLocation(), notes);
        }
        List<RouteNote> earlier = List.copyOf(notes);
        if (notes.size() == NOTES_PER_POINT_MAX) notes.removeFirst();
        notes.add(note);
        return earlier;
    }

    private void forgetOldest() {
        if (notesByPoint.size() < POINTS_MAX) return;
        notesByPoint.remove(notesByPoint.keySet().iterator().next());
    }
}
