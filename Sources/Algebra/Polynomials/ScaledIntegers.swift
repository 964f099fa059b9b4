/// A vector of field elements all of which but a few are one factor times small integers; it takes the memory of those.
package struct ScaledIntegers<F: PrimeField>: Sendable {
  /// The integers, each stored as narrowly as it was given; zeros follow them.
  package enum Integers: Sendable {
    /// 16-bit integers.
    case int16(ArraySlice<Int16>)
    /// 64-bit integers.
    case int64(ArraySlice<Int64>)

    /// The number of integers.
    var count: Int {
      switch self {
      case .int16(let integers): integers.count
      case .int64(let integers): integers.count
      }
    }

    /// Those at the places of a range.
    fileprivate subscript(range: Range<Int>) -> Self {
      switch self {
      case .int16(let integers): .int16(integers[Self.shifted(range, integers)])
      case .int64(let integers): .int64(integers[Self.shifted(range, integers)])
      }
    }

    private static func shifted<Integer>(_ range: Range<Int>, _ integers: ArraySlice<Integer>) -> Range<Int> {
      let present = range.clamped(to: 0..<integers.count)
      return integers.startIndex + present.lowerBound..<integers.startIndex + present.upperBound
    }

    /// Overwrites the integers, unless others hold them too.
    fileprivate mutating func erase() {
      let held = self
      self = .int16([])
      switch consume held {
      case .int16(var integers):
        integers.erase()
        self = .int16(integers)
      case .int64(var integers):
        integers.erase()
        self = .int64(integers)
      }
    }
  }

  /// The number of entries.
  package let count: Int
  /// What every integer is multiplied with.
  private let factor: F
  /// The integers, no more than entries.
  private var integers: Integers
  /// What is added to single entries: their places, ascending, and values.
  private let places: [Int]
  private var values: [F]

  /// The vector with `factor * integers[i]` and the extras at i, these by ascending place.
  package init(count: Int, factor: F, integers: Integers, extras: [(place: Int, value: F)]) {
    precondition(integers.count <= count, "No more integers than entries.")
    precondition(
      extras.allSatisfy { $0.place >= 0 && $0.place < count }
        && zip(extras, extras.dropFirst()).allSatisfy { $0.place < $1.place }, "Extras at ascending places.")
    self.count = count
    self.factor = factor
    self.integers = integers
    places = extras.map(\.place)
    values = extras.map(\.value)
  }

  /// Zeros but for the extras.
  package init(count: Int, extras: [(place: Int, value: F)]) {
    self.init(count: count, factor: .zero, integers: .int16([]), extras: extras)
  }

  /// What is added to single entries, by ascending place.
  package var extras: [(place: Int, value: F)] { zip(places, values).map { (place: $0, value: $1) } }

  /// The extras of a vector without integers, and multiples of these, no more than entries.
  package func with(_ integers: Integers, times factor: F) -> Self {
    precondition(self.integers.count == 0 && integers.count <= count, "Integers for a vector that has none.")
    return Self(count: count, factor: factor, integers: integers, places: places, values: values)
  }

  private init(count: Int, factor: F, integers: Integers, places: [Int], values: [F]) {
    self.count = count
    self.factor = factor
    self.integers = integers
    self.places = places
    self.values = values
  }

  /// Overwrites integers and extras, unless others hold them too.
  package mutating func erase() {
    values.erase()
    integers.erase()
  }

  /// The entries at the places of a range.
  package subscript(range: Range<Int>) -> Self {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "A range inside the vector.")
    return Self(
      count: range.count, factor: factor, integers: integers[range],
      extras: extras.filter { range.contains($0.place) }.map { ($0.place - range.lowerBound, $0.value) })
  }

  /// One entry.
  package subscript(place: Int) -> F {
    precondition(place >= 0 && place < count, "A place inside the vector.")
    var entry = places.firstIndex(of: place).map { values[$0] } ?? .zero
    guard place < integers.count else { return entry }
    switch integers {
    case .int16(let integers): entry += factor * F(Int64(integers[integers.startIndex + place]))
    case .int64(let integers): entry += factor * F(integers[integers.startIndex + place])
    }
    return entry
  }

  /// Adds `scale` times the vector to one that is no shorter.
  package func add(to sum: inout FieldVector<F>, times scale: F) {
    precondition(count <= sum.count, "A sum that is not shorter.")
    switch integers {
    case .int16(let integers): sum.addScaled(integers, by: scale * factor)
    case .int64(let integers): sum.addScaled(integers, by: scale * factor)
    }
    for (place, value) in zip(places, values) { sum[place] += scale * value }
  }

  /// All entries.
  package var vector: FieldVector<F> {
    var vector = FieldVector<F>(repeating: .zero, count: count)
    add(to: &vector, times: .one)
    return vector
  }
}
