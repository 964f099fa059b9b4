import Algebra
import Arguments
import Model

/// A tensor of integers that is never committed itself: its digits are, each a tensor of its own.
///
/// value = sum of 2^(i digitBits) digits[i]; every digit but the last is unsigned, the last carries the sign.
struct Digits: Sendable {
  /// The digits, least significant first, all over the same axes.
  let tensors: [Tensor]
  /// The width of every digit but the last.
  let digitBits: Int

  /// The axes.
  var axes: [Axis] { tensors[0].axes }
  /// The integers.
  var expression: Expression {
    Expression(
      axes: axes,
      terms: tensors.enumerated().map { Expression.Term($1, times: .powerOfTwo($0 * digitBits)) })
  }

  /// Stores integers, row-major over the real indices, digit by digit; what does not fit stays in the last digit.
  func assign<Integer: FixedWidthInteger & Sendable>(_ integers: [Integer], to values: inout StepValues) {
    let last = tensors.count - 1
    for (place, tensor) in tensors.enumerated() {
      let (shift, mask) = (Integer(place * digitBits), Integer(1) << Integer(digitBits) &- 1)
      if last == 0 {
        values.assign(integers, to: tensor)
      } else if place == last {
        values.assign(integers.map { $0 >> shift }, to: tensor)
      } else {
        values.assign(integers.map { $0 >> shift & mask }, to: tensor)
      }
    }
  }
}

extension StatementBuilder {
  /// Declares integers in [0, 2^bits) on a domain.
  mutating func unsigned(_ name: String, _ axes: [Axis], bits: Int, on domain: Domain = .real) -> Digits {
    digits(name, axes, bits: bits, signed: false, on: domain)
  }

  /// Declares integers in [-2^(bits-1), 2^(bits-1)) at all real indices.
  mutating func signed(_ name: String, _ axes: [Axis], bits: Int) -> Digits {
    digits(name, axes, bits: bits, signed: true, on: .real)
  }

  /// Declares numbers too wide for one entry, about which nothing is required here: something else must determine
  /// them. Honest ones are in [0, 2^bits).
  mutating func unchecked(_ name: String, _ axes: [Axis], bits: Int) -> Digits {
    let limbBits = 48
    let count = (bits + limbBits - 1) / limbBits
    return Digits(
      tensors: (0..<count).map { tensor("\(name), limb \($0)", axes) }, digitBits: limbBits)
  }

  private mutating func digits(
    _ name: String, _ axes: [Axis], bits: Int, signed: Bool, on domain: Domain
  ) -> Digits {
    let digitBits = parameters.quantization.digitBits
    let count = (bits + digitBits - 1) / digitBits
    let tensors = (0..<count).map { tensor(count == 1 ? name : "\(name), digit \($0)", axes) }
    for (place, tensor) in tensors.enumerated() {
      let isLast = place == count - 1
      let width = isLast ? bits - place * digitBits : digitBits
      let offset: ScalarField = signed && isLast ? .powerOfTwo(width - 1) : .zero
      // Tables hold unsigned numbers; the constant costs least where no indicator goes with it.
      requireRange(
        Expression(tensor).adding(constant: offset, on: .everywhere), bits: width, on: domain)
    }
    return Digits(tensors: tensors, digitBits: digitBits)
  }
}

extension Digits {
  /// The same digits with padding counted as real, for storing integers there.
  var padded: Digits {
    Digits(
      tensors: tensors.map { tensor in
        Tensor(
          tensor.name, tensor.axes.map { Axis($0.name, 1 << $0.logSize) }, in: tensor.segment, at: tensor.offset)
      }, digitBits: digitBits)
  }
}
