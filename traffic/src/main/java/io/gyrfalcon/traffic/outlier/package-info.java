/**
 * Which endpoints fail more than others and get no calls for a while: gRFC A50.
 *
 * <p>Public: {@link io.gyrfalcon.traffic.outlier.OutlierSettings}, {@link
 * io.gyrfalcon.traffic.outlier.Observed}, {@link io.gyrfalcon.traffic.outlier.Ejection}, {@link
 * io.gyrfalcon.traffic.outlier.OutlierSweep}.
 */
@NullMarked
package io.gyrfalcon.traffic.outlier;

import org.jspecify.annotations.NullMarked;
