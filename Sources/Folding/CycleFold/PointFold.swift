import Algebra
import ConstraintSystem

/// Proves C' = C1 + alpha C2 for alpha below 2^128 and C1, C2 on a curve y^2 = x^3 + b of prime order, over the field
/// of the coordinates: 779 rows.
///
/// With K = 2 floor(alpha / 2) + 1 in the digits of `ShortScalarDigits`: from A = C2 or 3 C2, each of 63 windows takes
/// A to 4 A + T, T the digit times C2, as P = 2 A, R = P + T, R + P. Then S = alpha C2 is A or, for even alpha, A - C2,
/// and C' = C1 + S.
///
/// Why incomplete additions are sound. The group has a prime order n > 2^253, so every affine point of the curve has
/// order n and y != 0. By induction A = k C2 with k odd and 0 < k < 2^128, and T = d C2 with d odd, |d| <= 3. Then
/// P = +-T would need 2 k = +-d mod n, and R = +-P would need d = 0 or 4 k + d = 0 mod n: impossible, since an odd
/// number below 2^131 in magnitude is not 0 mod n. So every slope has exactly one value. A = C2 in the subtraction
/// (alpha < 2) makes its row lambda 0 = 2 y unsatisfiable. Only C1 is unrelated to C2: there the denominator is
/// inverted. Hence satisfied rows mean the claim, whoever made them; an honest prover fails for alpha < 2 and C1 =
/// +-alpha C2 only, which has probability about 2^-126 for challenges drawn after blinded points.
/// - seealso: Eisentraeger, Lauter and Montgomery, "Fast elliptic curve arithmetic and improved Weil pairing
///   evaluation" (2003), for 2 P + T without the y of P + T.
enum PointFold<C: Curve> {
  /// Rows of one fold.
  static var rowCount: Int { 12 * ShortScalar.windowCount + 23 }
  /// Trace variables of one fold.
  static var variableCount: Int { 12 * ShortScalar.windowCount + 19 }

  /// Requires `running` and `fresh` on the curve and `folded` = `running` + alpha `fresh`, alpha given by its digits;
  /// reads `variableCount` variables as `PointFoldTrace` orders them.
  static func require<World: Arithmetic>(
    running: CurvePoint<World.Element>, fresh: CurvePoint<World.Element>, folded: CurvePoint<World.Element>,
    digits: ShortScalarDigits<World.Element>, trace: inout Cursor<World.Element>, in world: inout World
  ) throws where World.Field == C.BaseField {
    _ = try requireOnCurve(running, trace: &trace, in: &world)
    let square = try requireOnCurve(fresh, trace: &trace, in: &world)
    let double = try doubled(fresh, square: square, trace: &trace, in: &world)
    let triple = try sum(fresh, double, trace: &trace, in: &world)
    var accumulator = try select(digits.leadingIsThree, triple, fresh, trace: &trace, in: &world)
    for window in digits.windows {
      accumulator = try step(accumulator, window: window, single: fresh, triple: triple, trace: &trace, in: &world)
    }
    let less = try sum(accumulator, -fresh, trace: &trace, in: &world)
    let multiple = try select(digits.isOdd, accumulator, less, trace: &trace, in: &world)
    let inverse = trace.next()
    try world.requireProduct(
      inverse, multiple.x - running.x, equals: world.constant(.one), "C1 differs from +-alpha C2")
    let slope = trace.next()
    try requireSum(running, multiple, slope: slope, equals: folded, in: &world)
  }

  /// Requires the curve equation and returns x^2; 3 rows.
  private static func requireOnCurve<World: Arithmetic>(
    _ point: CurvePoint<World.Element>, trace: inout Cursor<World.Element>, in world: inout World
  ) throws -> World.Element where World.Field == C.BaseField {
    let xx = trace.next()
    let yy = trace.next()
    try world.requireProduct(point.x, point.x, equals: xx, "x^2")
    try world.requireProduct(point.y, point.y, equals: yy, "y^2")
    try world.requireProduct(point.x, xx, equals: yy - world.constant(C.b), "a point to be folded is on its curve")
    return xx
  }

  /// 4 A + T for A the accumulator and T = sign (C2 or 3 C2); 12 rows.
  private static func step<World: Arithmetic>(
    _ accumulator: CurvePoint<World.Element>, window: ShortScalarDigits<World.Element>.Window,
    single: CurvePoint<World.Element>, triple: CurvePoint<World.Element>, trace: inout Cursor<World.Element>,
    in world: inout World
  ) throws -> CurvePoint<World.Element> where World.Field == C.BaseField {
    let square = trace.next()
    try world.requireProduct(accumulator.x, accumulator.x, equals: square, "x^2 of a window")
    let double = try doubled(accumulator, square: square, trace: &trace, in: &world)
    let unsigned = try select(window.isThree, triple, single, trace: &trace, in: &world)
    let term = CurvePoint(x: unsigned.x, y: trace.next())
    try world.requireProduct(window.sign, unsigned.y, equals: term.y, "sign of a digit")

    let first = trace.next()
    let middle = trace.next()
    let second = trace.next()
    let result = trace.point()
    try world.requireProduct(first, term.x - double.x, equals: term.y - double.y, "slope of 2A + T")
    try world.requireProduct(first, first, equals: middle + double.x + term.x, "x of 2A + T")
    try world.requireProduct(first + second, double.x - middle, equals: double.y + double.y, "slope of 4A + T")
    try world.requireProduct(second, second, equals: result.x + middle + double.x, "x of 4A + T")
    try world.requireProduct(second, double.x - result.x, equals: result.y + double.y, "y of 4A + T")
    return result
  }

  /// Twice a point whose x^2 is given; 3 rows.
  private static func doubled<World: Arithmetic>(
    _ point: CurvePoint<World.Element>, square: World.Element, trace: inout Cursor<World.Element>, in world: inout World
  ) throws -> CurvePoint<World.Element> where World.Field == C.BaseField {
    let slope = trace.next()
    let result = trace.point()
    try world.requireProduct(slope, point.y + point.y, equals: square + square + square, "slope of 2A")
    try world.requireProduct(slope, slope, equals: result.x + point.x + point.x, "x of 2A")
    try world.requireProduct(slope, point.x - result.x, equals: result.y + point.y, "y of 2A")
    return result
  }

  /// The sum of points known to have different x, or else opposite ones, for which nothing satisfies the rows; 3 rows.
  private static func sum<World: Arithmetic>(
    _ left: CurvePoint<World.Element>, _ right: CurvePoint<World.Element>, trace: inout Cursor<World.Element>,
    in world: inout World
  ) throws -> CurvePoint<World.Element> where World.Field == C.BaseField {
    let slope = trace.next()
    let result = trace.point()
    try requireSum(left, right, slope: slope, equals: result, in: &world)
    return result
  }

  private static func requireSum<World: Arithmetic>(
    _ left: CurvePoint<World.Element>, _ right: CurvePoint<World.Element>, slope: World.Element,
    equals result: CurvePoint<World.Element>, in world: inout World
  ) throws where World.Field == C.BaseField {
    try world.requireProduct(slope, right.x - left.x, equals: right.y - left.y, "slope of a sum")
    try world.requireProduct(slope, slope, equals: result.x + left.x + right.x, "x of a sum")
    try world.requireProduct(slope, left.x - result.x, equals: result.y + left.y, "y of a sum")
  }

  /// `one` where the bit is 1, else `zero`; 2 rows.
  private static func select<World: Arithmetic>(
    _ bit: World.Element, _ one: CurvePoint<World.Element>, _ zero: CurvePoint<World.Element>,
    trace: inout Cursor<World.Element>, in world: inout World
  ) throws -> CurvePoint<World.Element> where World.Field == C.BaseField {
    let result = trace.point()
    try world.requireProduct(bit, one.x - zero.x, equals: result.x - zero.x, "x of a selection")
    try world.requireProduct(bit, one.y - zero.y, equals: result.y - zero.y, "y of a selection")
    return result
  }
}

/// Affine coordinates in some world.
struct CurvePoint<Element: LinearElement>: Sendable {
  /// The first coordinate.
  var x: Element
  /// The second coordinate.
  var y: Element

  /// The opposite point.
  static prefix func - (point: Self) -> Self { Self(x: point.x, y: -point.y) }
}

/// Reads a list in order.
struct Cursor<Element: LinearElement> {
  private var rest: ArraySlice<Element>

  /// Starts at the beginning of `list`.
  init(_ list: some Sequence<Element>) { rest = Array(list)[...] }

  /// The next element.
  mutating func next() -> Element { rest.removeFirst() }

  /// The next two elements.
  mutating func point() -> CurvePoint<Element> {
    let x = next()
    return CurvePoint(x: x, y: next())
  }

  /// The next elements.
  mutating func next(_ count: Int) -> [Element] {
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }
}
