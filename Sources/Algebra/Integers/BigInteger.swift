import CGMP

/// An integer of any size, the Swift face of GMP's `mpz`: for constants, for limbs of non-native values, and as the
/// oracle that tests compare field arithmetic with. Never for secrets: its time depends on its value.
///
/// Division rounds towards minus infinity, so remainders have the divisor's sign.
package struct BigInteger: Sendable {
  let storage: Storage

  /// One `mpz` that is written only before anything else can see it.
  // SAFETY: `value` is initialised in init, cleared in deinit and never written after the closure of `make` returns,
  // so that sharing it between values and threads is reading only.
  final class Storage: @unchecked Sendable {
    let value: UnsafeMutablePointer<__mpz_struct>

    init() {
      value = .allocate(capacity: 1)
      value.initialize(to: __mpz_struct())
      __gmpz_init(value)
    }

    deinit {
      __gmpz_clear(value)
      value.deallocate()
    }
  }

  /// The integer that `body` writes to its argument.
  static func make(_ body: (UnsafeMutablePointer<__mpz_struct>) -> Void) -> BigInteger {
    let result = Storage()
    withExtendedLifetime(result) { body(result.value) }
    return BigInteger(storage: result)
  }

  /// What `body` reads from this integer, which stays alive while it does.
  func read<Result>(_ body: (UnsafePointer<__mpz_struct>) -> Result) -> Result {
    withExtendedLifetime(storage) { body(UnsafePointer(storage.value)) }
  }

  /// The integer that `operation` writes to its first argument, given this one.
  func map(_ operation: (UnsafeMutablePointer<__mpz_struct>, UnsafePointer<__mpz_struct>) -> Void) -> BigInteger {
    read { value in .make { operation($0, value) } }
  }

  /// The integer that `operation` writes to its first argument, given this one and another.
  func combined(
    with other: BigInteger,
    _ operation: (
      UnsafeMutablePointer<__mpz_struct>, UnsafePointer<__mpz_struct>, UnsafePointer<__mpz_struct>
    ) -> Void
  ) -> BigInteger {
    read { left in other.read { right in .make { operation($0, left, right) } } }
  }
}

// MARK: - Conversions

extension BigInteger {
  /// The integer with this value.
  package init(_ value: some BinaryInteger) {
    let magnitude = value.magnitude
    let limbs = (0..<max(1, (magnitude.bitWidth + 63) / 64)).map {
      UInt64(truncatingIfNeeded: magnitude >> (64 * $0))
    }
    let positive = BigInteger(limbs: limbs)
    self = value < 0 ? -positive : positive
  }

  /// The nonnegative integer with these 64-bit limbs, least significant first.
  package init(limbs: [UInt64]) {
    self = .make { __gmpz_import($0, limbs.count, -1, 8, 0, 0, limbs) }
  }

  /// The nonnegative integer with these four limbs.
  package init(_ limbs: Limbs) { self.init(limbs: [limbs.0, limbs.1, limbs.2, limbs.3]) }

  /// The canonical representative of a field element.
  package init(_ element: some PrimeField) { self.init(element.canonicalLimbs) }

  /// The integer written in hexadecimal digits after an optional minus sign and an optional `0x`; nil for anything
  /// else.
  package init?(hexadecimal text: String) {
    let negative = text.hasPrefix("-")
    var digits = negative ? text.dropFirst() : text[...]
    if digits.hasPrefix("0x") { digits = digits.dropFirst(2) }
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
    self.init(digits: String(digits), base: 16, negative: negative)
  }

  /// The integer written in decimal digits after an optional minus sign; nil for anything else.
  package init?(decimal text: String) {
    let negative = text.hasPrefix("-")
    let digits = negative ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
    self.init(digits: String(digits), base: 10, negative: negative)
  }

  private init(digits: String, base: Int32, negative: Bool) {
    let magnitude = BigInteger.make { value in
      let status = __gmpz_set_str(value, digits, base)
      precondition(status == 0, "Digits were checked before.")
    }
    self = negative ? -magnitude : magnitude
  }

  /// Whether the integer is below zero.
  package var isNegative: Bool { read { $0.pointee._mp_size < 0 } }
  /// Whether the integer is zero.
  package var isZero: Bool { read { $0.pointee._mp_size == 0 } }
  /// Bits of the magnitude, 0 for zero.
  package var bitWidth: Int { isZero ? 0 : read { __gmpz_sizeinbase($0, 2) } }
  /// The absolute value.
  package var magnitude: BigInteger { isNegative ? -self : self }

  /// The magnitude in exactly `count` 64-bit limbs, least significant first; nil when it does not fit.
  package func limbs(count: Int) -> [UInt64]? {
    guard bitWidth <= 64 * count else { return nil }
    var result = [UInt64](repeating: 0, count: count)
    _ = read { __gmpz_export(&result, nil, -1, 8, 0, 0, $0) }
    return result
  }

  /// The magnitude in hexadecimal digits after `0x`, and a minus sign before it when negative.
  package var hexadecimal: String { (isNegative ? "-0x" : "0x") + digits(base: 16, of: magnitude) }

  private func digits(base: Int32, of value: BigInteger) -> String {
    value.read { pointer in
      // Room for the digits, a sign and the terminating zero.
      let capacity = __gmpz_sizeinbase(pointer, base) + 2
      return withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
        buffer.initialize(repeating: 0)
        guard let text = __gmpz_get_str(buffer.baseAddress, base, pointer) else { return "" }
        return String(cString: text)
      }
    }
  }
}

extension BigInteger: CustomStringConvertible {
  /// The integer in decimal.
  package var description: String { digits(base: 10, of: self) }
}

extension PrimeField {
  /// The element an integer of any size and sign represents.
  package init(_ value: BigInteger) {
    let modulus = BigInteger(Self.modulusLimbs)
    guard let limbs = value.modulo(modulus).limbs(count: 4),
      let element = Self(canonicalLimbs: (limbs[0], limbs[1], limbs[2], limbs[3]))
    else { preconditionFailure("A remainder is below its divisor.") }
    self = element
  }
}
