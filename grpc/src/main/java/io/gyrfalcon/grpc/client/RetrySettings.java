package io.gyrfalcon.grpc.client;

/**
 * Whether calls are tried again, and what is kept for that. Immutable.
 *
 * @param isOn if not, a call is its first attempt, even one that no server has looked at
 * @param callBytesMax kept of one call; one that has sent more is its attempt for good
 * @param channelBytesMax kept of all calls of the channel
 */
public record RetrySettings(boolean isOn, long callBytesMax, long channelBytesMax) {}
