// The target's shared mutable memory: several threads write disjoint parts of one buffer.

/// A buffer that several threads use, each its own part.
@usableFromInline struct SharedBuffer<Element>: @unchecked Sendable {
  // SAFETY: every function of this file hands out each index to exactly one call of a body, and returns only after
  // all calls have returned; the buffer outlives them because it is borrowed for the duration of the function.
  @usableFromInline let base: UnsafeMutablePointer<Element>

  @inlinable init(base: UnsafeMutablePointer<Element>) { self.base = base }
}

/// An array that several threads write to, each to places of its own.
@usableFromInline package struct ScatterTarget<Element>: @unchecked Sendable {
  // SAFETY: made by `Parallel.scatter`, whose callers promise that no place is written by two calls of the body; the
  // array is borrowed until all calls have returned.
  @usableFromInline let buffer: UnsafeMutableBufferPointer<Element>

  @inlinable init(buffer: UnsafeMutableBufferPointer<Element>) { self.buffer = buffer }

  /// One place, below the array's count.
  @inlinable package subscript(place: Int) -> Element {
    get { buffer[checked(place)] }
    nonmutating set { buffer[checked(place)] = newValue }
  }

  @inlinable func checked(_ place: Int) -> Int {
    precondition(buffer.indices.contains(place), "A place inside the array.")
    return place
  }
}

/// Three arrays that several threads write to, each to places of its own.
@usableFromInline package struct TripleTarget<Element>: @unchecked Sendable {
  // SAFETY: made by `Parallel.scatterTriple`, whose callers promise that every place below the count is written once; the memory
  // belongs to arrays that are made only when all calls have returned.
  @usableFromInline let a, b, c: UnsafeMutableBufferPointer<Element>
  @usableFromInline let count: Int

  @inlinable init(
    a: UnsafeMutableBufferPointer<Element>, b: UnsafeMutableBufferPointer<Element>,
    c: UnsafeMutableBufferPointer<Element>, count: Int
  ) {
    (self.a, self.b, self.c, self.count) = (a, b, c, count)
  }

  /// Writes one place of each array.
  @inlinable package func write(_ place: Int, _ a: Element, _ b: Element, _ c: Element) {
    precondition(place >= 0 && place < count, "A place inside the arrays.")
    self.a.initializeElement(at: place, to: a)
    self.b.initializeElement(at: place, to: b)
    self.c.initializeElement(at: place, to: c)
  }
}

extension Parallel {
  /// Calls `body` concurrently with contiguous ranges that cover `0..<chunks`; the calls may write to places of the
  /// array, no two of them to the same one. The results are in the order of the ranges.
  @inlinable package static func scatter<Element: Sendable, Result: Sendable>(
    into array: inout [Element], chunks: Int, body: @Sendable (Range<Int>, ScatterTarget<Element>) -> Result
  ) -> [Result] {
    array.withUnsafeMutableBufferPointer { buffer in
      let target = ScatterTarget(buffer: buffer)
      return mapChunks(count: chunks, minimumChunk: 1) { body($0, target) }
    }
  }

  /// An array of `count` elements, the one at index i being `transform(i)`, computed concurrently.
  @inlinable package static func map<Element: Sendable>(
    count: Int, minimumChunk: Int, transform: @Sendable (Int) -> Element
  ) -> [Element] {
    guard count > 0 else { return [] }
    return Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let base = buffer.baseAddress else { return }
      let shared = SharedBuffer(base: base)
      forChunks(count: count, minimumChunk: minimumChunk) { range in
        for index in range { (shared.base + index).initialize(to: transform(index)) }
      }
      initialized = count
    }
  }

  /// An array of `count` elements, of which `body` initialises contiguous ranges concurrently: the element at the range's
  /// lower bound is where its pointer points.
  @inlinable package static func fill<Element: Sendable>(
    count: Int, minimumChunk: Int, body: @Sendable (Range<Int>, UnsafeMutablePointer<Element>) -> Void
  ) -> [Element] {
    guard count > 0 else { return [] }
    return Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let base = buffer.baseAddress else { return }
      let shared = SharedBuffer(base: base)
      forChunks(count: count, minimumChunk: minimumChunk) { body($0, shared.base + $0.lowerBound) }
      initialized = count
    }
  }

  /// The results of tasks of unequal length, by index.
  @inlinable package static func mapTasks<Element: Sendable>(
    count: Int, transform: @Sendable (Int) -> Element
  ) -> [Element] {
    guard count > 0 else { return [] }
    return Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let base = buffer.baseAddress else { return }
      let shared = SharedBuffer(base: base)
      forTasks(count: count) { (shared.base + $0).initialize(to: transform($0)) }
      initialized = count
    }
  }

  /// Three arrays of `count` elements, of which tasks that run concurrently write every place once.
  @inlinable package static func scatterTriple<Element: Sendable>(
    count: Int, tasks: Int, body: @Sendable (Int, TripleTarget<Element>) -> Void
  ) -> (a: [Element], b: [Element], c: [Element]) {
    var (b, c): ([Element], [Element]) = ([], [])
    let a = [Element](unsafeUninitializedCapacity: count) { aBuffer, aCount in
      b = [Element](unsafeUninitializedCapacity: count) { bBuffer, bCount in
        c = [Element](unsafeUninitializedCapacity: count) { cBuffer, cCount in
          let target = TripleTarget(a: aBuffer, b: bBuffer, c: cBuffer, count: count)
          forTasks(count: tasks) { body($0, target) }
          cCount = count
        }
        bCount = count
      }
      aCount = count
    }
    return (a, b, c)
  }

  /// Calls `body` concurrently for contiguous parts of the array; each part is handed over as a buffer whose element
  /// 0 is the array's element `range.lowerBound`.
  @inlinable package static func updateChunks<Element: Sendable>(
    of array: inout [Element], minimumChunk: Int,
    body: @Sendable (_ range: Range<Int>, _ part: UnsafeMutableBufferPointer<Element>) -> Void
  ) {
    let count = array.count
    array.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let shared = SharedBuffer(base: base)
      forChunks(count: count, minimumChunk: minimumChunk) { range in
        body(range, UnsafeMutableBufferPointer(start: shared.base + range.lowerBound, count: range.count))
      }
    }
  }
}
