package dev.tapewise.autodiff;

/**
 * Where an op that gathers the statistics of its output writes them: for each band of {@link
 * dev.tapewise.core.geometry.RowBands}, the mean and the centred squares per channel.
 *
 * @param data the array
 * @param mean where band 0's means start
 * @param centred where band 0's centred squares start
 * @param stride floats from one band to the next
 */
public record BandStatistics(float[] data, int mean, int centred, int stride) {}
