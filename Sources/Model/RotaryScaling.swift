import Foundation

/// How a model trained on short texts stretches its rotary frequencies, the rule called `llama3`.
///
/// With L = `originalPositions` and the wavelength w = 2 pi / frequency: a frequency with w < L / `highFrequencyFactor`
/// stays, one with w > L / `lowFrequencyFactor` is divided by `factor`, and in between
///
///     smooth = (L / w - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor)
///     frequency := (1 - smooth) * frequency / factor + smooth * frequency
///
/// - seealso: `_compute_llama3_parameters` of the transformers library, which computes the same in single precision.
package struct RotaryScaling: Equatable, Sendable, Codable {
  /// What long wavelengths are multiplied by, at least 1.
  package let factor: Double
  /// Wavelengths above `originalPositions` / this are stretched fully.
  package let lowFrequencyFactor: Double
  /// Wavelengths below `originalPositions` / this are left alone.
  package let highFrequencyFactor: Double
  /// Positions the model was trained on first, 1 to 2^20.
  package let originalPositions: Int

  /// Takes the numbers as they are; ``isConsistent`` checks them.
  package init(factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalPositions: Int) {
    self.factor = factor
    self.lowFrequencyFactor = lowFrequencyFactor
    self.highFrequencyFactor = highFrequencyFactor
    self.originalPositions = originalPositions
  }

  /// Whether the rule is defined and continuous: factors from 1 to 2^16, the low one below the high one.
  package var isConsistent: Bool {
    (1...0x1p16).contains(factor) && (0x1p-16...0x1p16).contains(lowFrequencyFactor)
      && (0x1p-16...0x1p16).contains(highFrequencyFactor) && lowFrequencyFactor < highFrequencyFactor
      && (1...1 << 20).contains(originalPositions)
  }

  /// The stretched frequency, in radians per position.
  package func scaled(_ frequency: Double) -> Double {
    let turns = Double(originalPositions) * frequency / (2 * Double.pi)
    if turns > highFrequencyFactor { return frequency }
    if turns < lowFrequencyFactor { return frequency / factor }
    let smooth = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor)
    return (1 - smooth) * frequency / factor + smooth * frequency
  }
}

/// [p] the frequencies of rotary embedding, theta^(-2p / headDimension), stretched if `scaling` says so.
package func rotaryFrequencies(headDimension: Int, theta: Double, scaling: RotaryScaling?) -> [Double] {
  (0..<headDimension / 2).map { pair in
    let frequency = pow(theta, -2 * Double(pair) / Double(headDimension))
    return scaling?.scaled(frequency) ?? frequency
  }
}
