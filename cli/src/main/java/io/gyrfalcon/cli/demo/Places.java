package io.gyrfalcon.cli.demo;

import io.gyrfalcon.cli.demo.routeguide.Feature;
import io.gyrfalcon.cli.demo.routeguide.Point;
import io.gyrfalcon.cli.demo.routeguide.Rectangle;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** The places that {@link RouteGuide} knows: where gyrfalcons breed. Immutable. */
final class Places {
    static final List<Feature> ALL =
            List.of(
                    place("Dovrefjell, Norway", 622_950_000, 93_530_000),
                    place("Abisko, Sweden", 683_500_000, 188_300_000),
                    place("Utsjoki, Finland", 699_070_000, 270_280_000),
                    place("Myvatn, Iceland", 656_030_000, -169_960_000),
                    place("Disko Bay, Greenland", 690_000_000, -520_000_000),
                    place("Seward Peninsula, Alaska", 653_000_000, -1_645_000_000),
                    place("Yukon North Slope, Canada", 690_000_000, -1_390_000_000),
                    place("Yamal, Russia", 700_000_000, 700_000_000));

    private static final double DEGREES = 1e7;
    private static final double EARTH_METRES = 6_371_000;

    private Places() {}

    static @Nullable Feature at(Point point) {
        for (Feature feature : ALL) if (feature.getLocation().equals(point)) return feature;
        return null;
    }

    static boolean isWithin(Point point, Rectangle area) {
        return isBetween(
                        point.getLatitude(), area.getLo().getLatitude(), area.getHi().getLatitude())
                && isBetween(
                        point.getLongitude(),
                        area.getLo().getLongitude(),
                        area.getHi().getLongitude());
    }

    /** The great-circle distance by the haversine formula. */
    static double metresBetween(Point left, Point right) {
        double leftLatitude = Math.toRadians(left.getLatitude() / DEGREES);
        double rightLatitude = Math.toRadians(right.getLatitude() / DEGREES);
        double longitudes =
                Math.toRadians(((double) right.getLongitude() - left.getLongitude()) / DEGREES);
        double north = Math.sin((rightLatitude - leftLatitude) / 2);
        double east = Math.sin(longitudes / 2);
        double chord =
                north * north + Math.cos(leftLatitude) * Math.cos(rightLatitude) * east * east;
        return 2 * EARTH_METRES * Math.asin(Math.min(1, Math.sqrt(chord)));
    }

    private static boolean isBetween(int value, int one, int other) {
        return value >= Math.min(one, other) && value <= Math.max(one, other);
    }

    private static Feature place(String name, int latitude, int longitude) {
        Point.Builder point = Point.newBuilder().setLatitude(latitude).setLongitude(longitude);
        return Feature.newBuilder().setName(name).setLocation(point).build();
    }
}
