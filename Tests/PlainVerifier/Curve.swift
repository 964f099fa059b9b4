/// A curve y^2 = x^3 + b of prime order.
package protocol Curve: Sendable {
  /// The prime that coordinates are taken by.
  associatedtype Base: Modulus
  /// The number of points.
  associatedtype Order: Modulus
  /// The constant b.
  static var b: Int { get }
  /// The name, in seeds.
  static var name: String { get }
}

/// G: y^2 = x^3 + 3 over Fq, of order r.
package enum BN254: Curve {
  /// Coordinates modulo q.
  package typealias Base = ModulusQ
  /// Scalars modulo r.
  package typealias Order = ModulusR
  /// 3.
  package static var b: Int { 3 }
  /// "bn254".
  package static var name: String { "bn254" }
}

/// H: y^2 = x^3 - 17 over F, of order q.
package enum Grumpkin: Curve {
  /// Coordinates modulo r.
  package typealias Base = ModulusR
  /// Scalars modulo q.
  package typealias Order = ModulusQ
  /// -17.
  package static var b: Int { -17 }
  /// "grumpkin".
  package static var name: String { "grumpkin" }
}

/// A finite point of a curve.
package struct Point<C: Curve>: Hashable, Sendable {
  /// The first coordinate.
  package let x: Residue<C.Base>
  /// The second coordinate.
  package let y: Residue<C.Base>

  /// Two coordinates; nil unless they satisfy the curve's equation.
  init?(x: Residue<C.Base>, y: Residue<C.Base>) {
    guard y * y == x * x * x + Residue(C.b) else { return nil }
    self.x = x
    self.y = y
  }

  /// 32 bytes: x, with the parity of y in the highest bit; nil for anything else.
  package init?(compressed bytes: some Collection<UInt8>) {
    var encoded = Array(bytes)
    guard encoded.count == 32 else { return nil }
    let isOdd = encoded[31] & 0x80 != 0
    encoded[31] &= 0x7f
    guard let x = Residue<C.Base>(bytes: encoded), let root = (x * x * x + Residue(C.b)).squareRoot else { return nil }
    self.init(x: x, y: root.isOdd == isOdd ? root : -root)
  }

  /// 64 bytes: x, then y.
  var uncompressed: [UInt8] { x.bytes + y.bytes }
}

/// A sum of points in Jacobian coordinates: (X / Z^2, Y / Z^3), or infinity where Z = 0.
struct PointSum<C: Curve>: Sendable {
  private var x = Residue<C.Base>.one
  private var y = Residue<C.Base>.one
  private var z = Residue<C.Base>.zero

  /// Infinity.
  init() {}

  /// A finite point.
  init(_ point: Point<C>) { (x, y, z) = (point.x, point.y, .one) }

  /// Whether this is infinity.
  var isInfinity: Bool { z == .zero }

  /// The finite point, or nil for infinity.
  var affine: Point<C>? {
    guard !isInfinity else { return nil }
    let inverse = z.inverse
    return Point(x: x * inverse * inverse, y: y * inverse * inverse * inverse)
  }

  /// Doubles the sum.
  mutating func double() {
    let square = y * y
    let middle = Residue(4) * x * square
    let slope = Residue(3) * x * x
    let newX = slope * slope - middle - middle
    z = Residue(2) * y * z
    y = slope * (middle - newX) - Residue(8) * square * square
    x = newX
  }

  /// Adds another sum, whatever the two are.
  static func += (left: inout Self, right: Self) {
    if right.isInfinity { return }
    if left.isInfinity {
      left = right
      return
    }
    let (leftSquare, rightSquare) = (left.z * left.z, right.z * right.z)
    left.x *= rightSquare
    left.y *= rightSquare * right.z
    left.add(x: right.x * leftSquare, y: right.y * leftSquare * left.z, z: left.z * right.z)
  }

  /// Adds a point, whatever the two are.
  static func += (left: inout Self, right: Point<C>) {
    if left.isInfinity {
      left = Self(right)
      return
    }
    let square = left.z * left.z
    left.add(x: right.x * square, y: right.y * square * left.z, z: left.z)
  }

  /// Adds (x, y) to (self.x, self.y), all four for one z, which is not 0.
  private mutating func add(x otherX: Residue<C.Base>, y otherY: Residue<C.Base>, z common: Residue<C.Base>) {
    let (run, rise) = (otherX - x, otherY - y)
    if run == .zero {
      z = common
      if rise == .zero { double() } else { self = Self() }
      return
    }
    let square = run * run
    let (cube, base) = (square * run, x * square)
    let newX = rise * rise - cube - base - base
    y = rise * (base - newX) - y * cube
    (x, z) = (newX, common * run)
  }

  /// The sum of scalars times points, by buckets of equal digits (Pippenger).
  static func combination(_ scalars: [Residue<C.Order>], _ points: [Point<C>]) -> Self {
    precondition(scalars.count == points.count, "a scalar for every point")
    let width = max(2, scalars.count.bitWidth - scalars.count.leadingZeroBitCount - 5)
    let digits = scalars.map { $0.digits(width: width) }
    var sum = Self()
    for place in (0..<(256 + width - 1) / width).reversed() {
      for _ in 0..<width { sum.double() }
      var buckets = [Self](repeating: Self(), count: 1 << width)
      for (digits, point) in zip(digits, points) where digits[place] != 0 { buckets[digits[place]] += point }
      // The sum of digit * bucket: the bucket of digit d is in `above` once for each of the digits up to d.
      var above = Self()
      for bucket in buckets[1...].reversed() {
        above += bucket
        sum += above
      }
    }
    return sum
  }
}

extension Residue {
  /// The digits in base 2^width of 256 bits, least significant first.
  fileprivate func digits(width: Int) -> [Int] {
    let words = words
    return stride(from: 0, to: 256, by: width).map { start in
      let bits = (start..<min(256, start + width)).reversed()
      return bits.reduce(0) { 2 * $0 + Int(words[$1 / 64] >> UInt($1 % 64) & 1) }
    }
  }
}
