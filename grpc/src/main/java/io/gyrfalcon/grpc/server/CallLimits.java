package io.gyrfalcon.grpc.server;

/**
 * How much one peer may ask for. Sizes are bytes.
 *
 * @param messageBytesMax of one received message, also once inflated; >= 0
 * @param metadataBytesSoft beyond it a call is refused (status 431), though its block is read; 0:
 *     as the profile says
 * @param metadataBytesMax what is advertised to the peer; >= soft; 0: as the profile says
 * @param windowBytes stream window for what we receive; 0: as the profile says
 * @param isWindowAdaptive whether the window may grow with the measured bandwidth
 * @param callsPerConnectionMax concurrent calls of one connection; 0: as the profile says
 * @param resetsMax RST_STREAM frames of a peer within {@code resetWindowSeconds}; 0: as the profile
 *     says; Integer.MAX_VALUE: no such limit
 * @param resetWindowSeconds over how long resets are counted; 0 where resetsMax is 0
 */
public record CallLimits(
        int messageBytesMax,
        int metadataBytesSoft,
        int metadataBytesMax,
        int windowBytes,
        boolean isWindowAdaptive,
        int callsPerConnectionMax,
        int resetsMax,
        int resetWindowSeconds) {}
