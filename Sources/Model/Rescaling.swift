/// Where a tensor lives, for the message about a value that does not fit.
struct TensorPlace: Sendable {
  /// The layer, or nil outside the layers.
  let layer: Int?
  /// The tensor's name in Docs/IntegerModel.md.
  let tensor: String

  /// The error for a value between `minimum` and `maximum` that does not fit `width` bits, signed.
  func overflow(minimum: Int64, maximum: Int64, width: Int) -> ModelError {
    .activationOverflow(
      layer: layer, tensor: tensor, bits: max(signedBits(minimum), signedBits(maximum)), width: width)
  }
}

/// The number of bits of the smallest two's complement format that holds `value`.
func signedBits(_ value: Int64) -> Int {
  Int64.bitWidth - (value < 0 ? ~value : value).leadingZeroBitCount + 1
}

/// A tensor of rescaled values with what the rounding left over.
///
/// For every entry, accumulator = 2^shift * value + remainder - 2^(shift - 1) and 0 <= remainder < 2^shift; where
/// the rescaled value was added to a residual, read value - residual for value.
package struct RescaledTensor: Equatable, Sendable {
  /// Rescaled values, row-major.
  package var values: [Int32]
  /// Remainders of the same shape.
  package var remainders: [Int64]
}

/// floor((accumulator + 2^(shift - 1)) / 2^shift) and its remainder, for 1 <= shift < 62, |accumulator| < 2^62.
@inline(__always)
func rescale(_ accumulator: Int64, shift: Int) -> (value: Int64, remainder: Int64) {
  let shifted = accumulator &+ (1 &<< Int64(shift &- 1))
  return (shifted &>> Int64(shift), shifted & ((1 &<< Int64(shift)) &- 1))
}

/// Rescales all accumulators, adds `residual` if there is one, and throws `activationOverflow` if a result needs
/// more than `width` bits.
func rescaled(
  _ accumulators: [Int64], shift: Int, width: Int, addingTo residual: [Int32]? = nil, at place: TensorPlace
) throws -> RescaledTensor {
  var minimum = Int64.max
  var maximum = Int64.min
  let count = accumulators.count
  if let residual { precondition(residual.count == count, "A residual has the shape of what is added to it.") }
  var values = [Int32](repeating: 0, count: count)
  var remainders = [Int64](repeating: 0, count: count)
  for index in 0..<count {
    var (value, remainder) = rescale(accumulators[index], shift: shift)
    if let residual { value &+= Int64(residual[index]) }
    minimum = min(minimum, value)
    maximum = max(maximum, value)
    values[index] = Int32(truncatingIfNeeded: value)
    remainders[index] = remainder
  }
  let limit = Int64(1) << Int64(width - 1)
  if count > 0 && (minimum < -limit || maximum >= limit) {
    throw place.overflow(minimum: minimum, maximum: maximum, width: width)
  }
  return RescaledTensor(values: values, remainders: remainders)
}
